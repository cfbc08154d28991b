package technique

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"
)

//go:embed aws/*.yaml
var embedded embed.FS

// AWS gives the catalogue for Amazon Web Services that is built into the program.
var AWS = sync.OnceValue(func() Catalogue {
	files, err := fs.Sub(embedded, "aws")
	if err != nil {
		panic(fmt.Sprintf("technique: %v", err)) // the folder is compiled in
	}
	catalogue, err := Load(files)
	if err != nil {
		panic(err.Error()) // held by TestTheCatalogueLoads
	}
	return catalogue
})
