package shapes

// Folder contains files that contain folders, through lists, maps and pointers.
//
//cachegen:cache key=id:int
//cachegen:tier folders = fastcache(32MiB)
type Folder struct {
	Name  string
	Files []File
	Links map[string]*Link
}

// File may be an archive, which has folders in it.
type File struct {
	Size    int64
	Archive *Archive
}

// Archive has folders, and is no struct.
type Archive []Folder

// Link leads to a file or to another link.
type Link struct {
	To   *File
	Next *Link
	Back [1]map[int8]Folder
}
