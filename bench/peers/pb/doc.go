// Package pb has the values as protocol buffers, with the methods of vtprotobuf. To
// make it again, have protoc and both plugins in PATH, and run here:
//
//	protoc --go_out=. --go_opt=paths=source_relative --go-vtproto_out=. \
//	    --go-vtproto_opt=paths=source_relative,features=marshal+unmarshal+unmarshal_unsafe+size shop.proto
package pb
