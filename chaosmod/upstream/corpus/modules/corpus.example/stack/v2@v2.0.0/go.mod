module corpus.example/stack/v2

go 1.21
