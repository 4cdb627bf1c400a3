module linked

go 1.24
