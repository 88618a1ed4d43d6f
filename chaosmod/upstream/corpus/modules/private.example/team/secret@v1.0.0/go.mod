module private.example/team/secret

go 1.21
