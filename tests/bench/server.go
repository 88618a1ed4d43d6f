// What chaosmod's proxy is compared with: Go's own HTTP/2 server over TLS, serving the same files from the disk.
package main

import (
	"log"
	"net/http"
	"os"
)

func main() {
	address, folder, certificate, key := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	log.Fatal(http.ListenAndServeTLS(address, certificate, key, http.FileServer(http.Dir(folder))))
}
