module multi.example/local

go 1.21
