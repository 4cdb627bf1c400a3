module pictures

go 1.21
