module osguest

go 1.21
