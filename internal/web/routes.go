package web

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"
)

// Body limits (security model, section 5), counted before anything is read.
const (
	jsonBody   = 1 << 20         // API requests
	formBody   = 8 << 10         // a form without a file
	uploadBody = 20<<20 + 64<<10 // one PDF or image with its multipart framing
	smallForm  = 64 << 10        // a form without files
)

// correctionBody has room for two texts of a thousand characters, each of which
// may be twelve bytes in a form.
const correctionBody = 32 << 10

// router answers requests by its routes. Local has administration that the world
// never sees.
func (s *Server) router(local bool) http.Handler {
	e := s.routes(local)
	// http.CrossOriginProtection would refuse a browser's cross-site use of
	// /verify, which holds no authority and is open to everybody; everything
	// else that changes something goes through it.
	guard := http.NewCrossOriginProtection()
	guard.AddInsecureBypassPattern("POST /verify")
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answerError(errCrossSite, e.NewContext(r, w))
	}))
	return foldCase(guard.Handler(e))
}

// routes lays out the routes.
func (s *Server) routes(local bool) *echo.Echo {
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.HTTPErrorHandler = s.answerError
	e.IPExtractor = ipExtractor(s.c.Proxies)
	e.Use(s.observe, s.recover, s.headers)

	read := func(path string, h echo.HandlerFunc, m ...echo.MiddlewareFunc) {
		e.Match([]string{http.MethodGet, http.MethodHead}, path, h, m...)
	}
	read("/", s.home)
	read("/assets/:name", s.asset)
	read("/healthz", s.healthz)
	read("/readyz", s.readyz)
	read("/robots.txt", s.robots)
	read("/sitemap.xml", s.sitemap)
	read("/.well-known/security.txt", s.securityTxt)
	read("/openapi.json", s.openAPI)
	read("/problems/:code", s.problemPage)
	read("/accessibility", s.accessibility)
	for name := range helpPages {
		read("/help/"+name, s.help(name))
	}
	e.POST("/language", s.chooseLanguage, limitBody(formBody))
	read("/verify", s.verifyForm)
	e.POST("/verify", s.verifyPost, s.allowance(s.verifying, local), limitBody(uploadBody))
	e.OPTIONS("/verify", preflight("POST"))
	s.manyRoutes(e, read, local)
	s.vocabularyRoutes(e, read)
	if s.c.Service != nil {
		s.publicRoutes(read)
		e.POST("/c/:id/issued-to", s.issuedTo, limitBody(formBody))
		s.mineRoutes(e, read)
		s.learnerRoutes(e, read, local)
		s.apiRoutes(e, local)
		s.batchRoutes(e, local)
	}
	return e
}

// manyRoutes are for who checks many credentials at once, and for receipts.
func (s *Server) manyRoutes(e *echo.Echo, read func(string, echo.HandlerFunc, ...echo.MiddlewareFunc), local bool) {
	read("/verify/many", s.manyForm)
	e.POST("/verify/many", s.manyPost, s.allowance(s.verifying, local), limitBody(manyBody))
	read("/verify/jobs/:id", s.job)
	e.POST("/verify/jobs/:id/known", s.jobKnown, limitBody(smallForm))
	read("/verify/jobs/:id/receipts", s.jobReceipts)
	e.POST("/verify/receipt", s.receiptPost, s.allowance(s.verifying, local), limitBody(uploadBody))
}

// mineRoutes are a learner's page of one credential and its forms.
func (s *Server) mineRoutes(e *echo.Echo, read func(string, echo.HandlerFunc, ...echo.MiddlewareFunc)) {
	read("/my/:id", s.mine, private, s.requireLearner)
	for path, h := range map[string]echo.HandlerFunc{
		"visibility": s.chooseVisibility, "shares": s.makeShare, "shares/end": s.endShare, "corrections": s.askCorrection,
		"link": s.chooseLink,
	} {
		e.POST("/my/:id/"+path, h, private, s.requireLearner, limitBody(correctionBody))
	}
}

// publicRoutes are what verifiers, readers and search engines ask for.
func (s *Server) publicRoutes(read func(string, echo.HandlerFunc, ...echo.MiddlewareFunc)) {
	read("/c/:id", s.credential, openToAll)
	read("/c/:id/report", s.report, openToAll)
	read("/oembed", s.oembed, openToAll)
	read("/s/:token", s.shared)
	read("/a", s.catalogue)
	read("/a/:id", s.achievement, openToAll)
	read("/a/:id/:version", s.achievement, openToAll)
	read("/a/:id/:version/image", s.achievementImage, openToAll)
	read("/i/:id", s.institution, openToAll)
	read("/i/:id/logo", s.logo, openToAll)
	read("/i/:id/look.css", s.lookSheet)
	read("/i/:id/trust.json", s.trustEntry, openToAll)
	read("/i/:id/did.json", s.didDocument, openToAll)
	read("/i/:id/jwks.json", s.keySet, openToAll)
	read("/.well-known/did.json", s.didDocument, openToAll)
	read("/.well-known/jwks.json", s.keySet, openToAll)
	read("/status/:id", s.statusList, openToAll)
}

// learnerRoutes are for people who hold credentials: the links of their mails,
// and the pages that those open.
func (s *Server) learnerRoutes(e *echo.Echo, read func(string, echo.HandlerFunc, ...echo.MiddlewareFunc), local bool) {
	read("/claim/:token", s.claim, private)
	e.POST("/claim/:token", s.useClaim, private, limitBody(formBody))
	read("/my/link", s.linkForm, private)
	e.POST("/my/link", s.sendLink, private, s.allowance(s.mailing, local), limitBody(formBody))
	e.POST("/my/leave", s.leave, private, limitBody(formBody))
	read("/my", s.my, private, s.requireLearner)
	read("/my/all.zip", s.myArchive, private, s.requireLearner, s.allowance(s.verifying, local))
	read("/my/file/:name", s.myFile, private, s.requireLearner)
	e.POST("/my/address", s.addAddress, private, s.requireLearner, s.allowance(s.mailing, local), limitBody(formBody))
	e.POST("/my/mail", s.chooseMail, private, s.requireLearner, limitBody(formBody))
}

// apiRoutes are for programs with a token and for commands on the machine.
func (s *Server) apiRoutes(e *echo.Echo, local bool) {
	g := e.Group("/api/v1", s.allowance(s.calling, local), private, limitBody(jsonBody), s.authenticate(local))
	g.POST("/credentials", s.issue(local))
	g.GET("/credentials", s.listCredentials)
	g.GET("/credentials/:id", s.showCredential)
	g.POST("/credentials/:id/status", s.changeStatus)
	g.PATCH("/credentials/:id", s.setVisibility)
	g.GET("/requests", s.listRequests)
	g.GET("/requests/:id", s.showRequest)
	g.POST("/requests/:id", s.decideRequest)
	g.POST("/mails/:id/bounced", s.mailBounced)
	g.POST("/print", s.print)
	g.POST("/achievements", s.addAchievement)
	g.POST("/achievements/check", s.checkAchievement)
	g.GET("/achievements", s.listAchievements)
	g.GET("/achievements/:id", s.showAchievement)
	g.GET("/achievements/:id/:version", s.showAchievement)
	g.GET("/achievements/:id/export", s.exportAchievement)
	g.GET("/achievements/:id/:version/export", s.exportAchievement)
	g.GET("/issuers", s.listIssuers)
	g.POST("/issuers", s.addIssuer)
	g.GET("/issuers/:id", s.showIssuer)
	g.PATCH("/issuers/:id", s.editIssuer)
	g.GET("/tokens", s.listTokens)
	g.POST("/tokens", s.newToken)
	g.DELETE("/tokens/:id", s.revokeToken)
	g.GET("/trust", s.listTrust)
	g.POST("/trust", s.addTrust)
	g.DELETE("/trust/:id", s.removeTrust)
	g.GET("/keys", s.listKeys)
	g.POST("/keys", s.newKey)
	s.lifeRoutes(g)
	if local {
		g.POST("/backup", s.backup)
		g.GET("/doctor", s.doctor)
	}
}

// foldCase reads public addresses case-insensitively, path included: QR codes
// carry them in capitals, and people type them as they like. Any spelling answers,
// without a redirect.
func foldCase(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		low := strings.ToLower(r.URL.Path)
		for _, p := range [...]string{"/c/", "/s/", "/a/", "/i/", "/status/", "/verify"} {
			if strings.HasPrefix(low, p) && low != r.URL.Path {
				u := *r.URL
				u.Path, u.RawPath = low, ""
				r = r.Clone(r.Context())
				r.URL = &u
				break
			}
		}
		next.ServeHTTP(w, r)
	})
}
