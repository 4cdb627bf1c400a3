module overlay

go 1.21
