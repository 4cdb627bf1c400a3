module reactor

go 1.21
