package main

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/spf13/cobra"

	"merkki/schema"
)

// The two ways in which a credential names its JSON Schema (VC JSON Schema,
// sections 2.1 and 2.2): by address, or inside a credential of its own.
const (
	formatPlain      = "JsonSchema"
	formatCredential = "JsonSchemaCredential"
)

// versions of JSON Schema that are supported, as $schema names them without
// scheme and empty fragment.
var versions = []string{
	"json-schema.org/draft/2020-12/schema",
	"json-schema.org/draft/2019-09/schema",
	"json-schema.org/draft-07/schema",
}

// schemaOfSchemas are the addresses of the schema that a schema credential has
// itself: that of the text and that of the suite, which have the same content.
var schemaOfSchemas = []string{
	"https://www.w3.org/ns/credentials/json-schema/v2.json",
	"https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json",
}

func jsonSchemaCommand() *cobra.Command {
	var format, schemaFile, credentialFile, output string
	validate := &cobra.Command{
		Use:   "validate",
		Short: "Validate a credential against the JSON Schema that it names; nothing is retrieved",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if format != formatPlain && format != formatCredential {
				return fmt.Errorf("there is no format %q", format)
			}
			given, err := os.ReadFile(schemaFile)
			if err != nil {
				return err
			}
			credential, err := os.ReadFile(credentialFile)
			if err != nil {
				return err
			}
			return validateFiles(format, given, credential).write(output)
		},
	}
	flags := validate.Flags()
	flags.StringVar(&format, "format", "", "`type` of credentialSchema: JsonSchema or JsonSchemaCredential")
	flags.StringVar(&schemaFile, "schema", "", "`file` with the schema, or with the credential that holds it")
	flags.StringVar(&credentialFile, "credential", "", "`file` with the credential")
	flags.StringVar(&output, "output", "", "`file` for the result")
	for _, name := range []string{"format", "schema", "credential", "output"} {
		_ = validate.MarkFlagRequired(name) // the name is right
	}
	return group("vc-json-schema", "Answer the suite for VC JSON Schema", validate)
}

// errVersion is about a version of JSON Schema that exists and is not known
// here: nothing is said about the credential.
var errVersion = errors.New("this version of JSON Schema is not supported")

func validateFiles(format string, given, credential []byte) result {
	holder, err := schema.Parse(given, schema.Limits{})
	if err != nil {
		return failed(err)
	}
	instance, err := schema.Parse(credential, schema.Limits{})
	if err != nil {
		return failed(err)
	}
	switch err := validate(format, holder.Root(), instance.Root()); {
	case errors.Is(err, errVersion):
		return unsupported(err.Error())
	case err != nil:
		return failed(err)
	}
	return succeeded("the credential conforms to its schema")
}

func validate(format string, holder, instance schema.Value) error {
	entries := instance.GetList("credentialSchema")
	i := slices.IndexFunc(entries, func(e schema.Value) bool { return e.GetString("type") == format })
	if i < 0 {
		return fmt.Errorf("the credential has no credentialSchema of type %s", format)
	}
	id, s := "$id", holder
	if format == formatCredential {
		var err error
		if s, err = heldSchema(holder); err != nil {
			return err
		}
		id = "id"
	}
	if named := entries[i].GetString("id"); named == "" || named != holder.GetString(id) {
		return fmt.Errorf("credentialSchema names %q, and this is %q", named, holder.GetString(id))
	}
	return conformsTo(s, instance)
}

// heldSchema takes the schema out of a schema credential.
func heldSchema(credential schema.Value) (schema.Value, error) {
	own, _ := credential.Get("credentialSchema")
	subject, _ := credential.Get("credentialSubject")
	s, there := subject.Get("jsonSchema")
	knows := slices.ContainsFunc(own.List(), func(v schema.Value) bool {
		return v.GetString("type") == formatPlain && slices.Contains(schemaOfSchemas, v.GetString("id"))
	})
	switch {
	case subject.GetString("type") != formatPlain:
		return s, errors.New("credentialSubject of the schema credential is no JsonSchema")
	case !there || s.Kind != schema.Object:
		return s, errors.New("the schema credential holds no jsonSchema")
	case !knows:
		return s, errors.New("the schema credential does not conform to the schema of schema credentials")
	}
	return s, nil
}

// conformsTo compiles the schema under its own version and applies it.
func conformsTo(s, instance schema.Value) error {
	id, version := s.GetString("$id"), s.GetString("$schema")
	if _, err := url.Parse(id); err != nil || id == "" {
		return errors.New("the schema has no $id that is a URI reference")
	}
	if version == "" {
		return errors.New("the schema does not say of which version it is ($schema)")
	}
	_, name, _ := strings.Cut(strings.TrimSuffix(version, "#"), "://")
	if !slices.Contains(versions, name) {
		return fmt.Errorf("%w: %s", errVersion, version)
	}
	c := jsonschema.NewCompiler()
	c.UseLoader(nowhere{})
	// Where the schema lies says nothing; its $id is read by the compiler.
	const place = "urn:merkki-interop:schema"
	content, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Marshal(s)))
	if err != nil {
		return err
	}
	if err := c.AddResource(place, content); err != nil {
		return err
	}
	compiled, err := c.Compile(place)
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.Marshal(instance)))
	if err != nil {
		return err
	}
	return compiled.Validate(value)
}

// nowhere loads nothing: a schema that refers to another address cannot be had.
type nowhere struct{}

func (nowhere) Load(url string) (any, error) {
	return nil, fmt.Errorf("%s is not retrieved", url)
}
