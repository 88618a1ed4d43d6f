module multi.example/service

go 1.21

require (
	corpus.example/greet v1.2.0
	multi.example/local v0.0.0
)

require corpus.example/words v1.1.0 // indirect

replace multi.example/local => ../local
