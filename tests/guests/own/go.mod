module own

go 1.21
