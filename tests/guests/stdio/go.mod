module stdio

go 1.21
