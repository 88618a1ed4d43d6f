module corpus.example/careful

go 1.21

retract v1.1.0 // Check fails for every input
