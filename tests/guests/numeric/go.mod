module numeric

go 1.21
