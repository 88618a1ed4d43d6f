module corpus.example/words

go 1.21
