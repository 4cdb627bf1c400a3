module webserver

go 1.21
