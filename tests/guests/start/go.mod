module start

go 1.21
