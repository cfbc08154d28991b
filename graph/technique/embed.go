package technique

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"sync"
)

//go:embed aws/*.yaml azure/*.yaml
var embedded embed.FS

// AWS gives the catalogue for Amazon Web Services that is built into the program.
var AWS = sync.OnceValue(func() Catalogue { return builtIn("aws") })

// Azure gives the catalogue for Microsoft Azure and Entra ID that is built into the program.
var Azure = sync.OnceValue(func() Catalogue { return builtIn("azure") })

// All gives every technique that is built in, cloud by cloud.
func All() []Technique { return slices.Concat(AWS().All(), Azure().All()) }

func builtIn(folder string) Catalogue {
	files, err := fs.Sub(embedded, folder)
	if err != nil {
		panic(fmt.Sprintf("technique: %v", err)) // the folder is compiled in
	}
	catalogue, err := Load(files)
	if err != nil {
		panic(err.Error()) // held by TestTheCatalogueLoads
	}
	return catalogue
}
