package statuslist_test

import (
	"fmt"

	"merkki/schema/statuslist"
)

func Example() {
	list := statuslist.New(statuslist.MinEntries)
	places := statuslist.NewPermutation([32]byte{}, list.Len()) // in earnest, a random key kept with the list

	third := places.Index(2) // the place of the third credential
	list.Set(third, true)    // revoked

	read, err := statuslist.Decode(list.Encode())
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(read.Len(), read.Get(third), read.Get(places.Index(1)))
	// Output: 131072 true false
}
