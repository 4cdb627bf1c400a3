module xtermguest

go 1.21

require golang.org/x/term v0.21.0

require golang.org/x/sys v0.21.0 // indirect
