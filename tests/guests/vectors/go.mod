module vectors

go 1.27
