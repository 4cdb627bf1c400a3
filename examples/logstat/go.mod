module logstat

go 1.21
