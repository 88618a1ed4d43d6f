module app.example

go 1.21

require (
	corpus.example/Upper/Case v1.1.0
	corpus.example/greet v1.2.0
	corpus.example/stack/v2 v2.1.0
)

require (
	corpus.example/shared v1.0.0 // indirect
	corpus.example/snap v0.0.0-20240305112233-5f3c9a1e7b42 // indirect
	corpus.example/words v1.1.0 // indirect
)
