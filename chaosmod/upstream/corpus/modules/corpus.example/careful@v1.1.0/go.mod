module corpus.example/careful

go 1.21
