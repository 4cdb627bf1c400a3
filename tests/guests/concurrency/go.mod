module concurrency

go 1.21
