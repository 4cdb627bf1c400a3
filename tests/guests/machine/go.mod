module machine

go 1.21
