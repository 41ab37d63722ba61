package fetch

// For the tests of what is made of hostile answers further up.
var (
	Serve      = serve
	AnswerJSON = answerJSON
)
