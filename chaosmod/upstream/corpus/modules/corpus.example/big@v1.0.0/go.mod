module corpus.example/big

go 1.21
