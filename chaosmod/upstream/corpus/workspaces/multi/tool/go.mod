module multi.example/tool

go 1.21

require corpus.example/Upper/Case v1.1.0

require corpus.example/shared v1.0.0 // indirect
