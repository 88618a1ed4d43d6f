module corpus.example/Upper/Case

go 1.21

require corpus.example/shared v1.0.0
