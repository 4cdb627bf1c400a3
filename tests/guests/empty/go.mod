module empty

go 1.21
