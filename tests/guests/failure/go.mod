module failure

go 1.21
