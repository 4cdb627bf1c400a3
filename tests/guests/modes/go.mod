module modes

go 1.21
