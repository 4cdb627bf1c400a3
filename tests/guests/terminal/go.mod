module terminalguest

go 1.21
