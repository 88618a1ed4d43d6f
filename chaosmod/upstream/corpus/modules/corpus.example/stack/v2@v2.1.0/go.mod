module corpus.example/stack/v2

go 1.21

require corpus.example/snap v0.0.0-20240305112233-5f3c9a1e7b42
