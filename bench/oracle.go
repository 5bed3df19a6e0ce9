// Says what Go's crypto/x509 makes of chains: one JSON document a line in, one answer a line out. Used by bench/oracles.ts.
package main

import (
	"bufio"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"time"
)

type chain struct {
	Leaf    []byte
	Sent    [][]byte
	Anchors [][]byte
	Host    string
	At      int64
}

func verify(c chain) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	leaf, err := x509.ParseCertificate(c.Leaf)
	if err != nil {
		return err
	}
	pool := func(ders [][]byte) *x509.CertPool {
		p := x509.NewCertPool()
		for _, der := range ders {
			if cert, err := x509.ParseCertificate(der); err == nil {
				p.AddCert(cert)
			}
		}
		return p
	}
	_, err = leaf.Verify(x509.VerifyOptions{
		DNSName:       c.Host,
		Roots:         pool(c.Anchors),
		Intermediates: pool(c.Sent),
		CurrentTime:   time.Unix(c.At, 0),
		KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	})
	return err
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(make([]byte, 1<<20), 1<<26)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for in.Scan() {
		var c chain
		if err := json.Unmarshal(in.Bytes(), &c); err != nil {
			panic(err)
		}
		answer := ""
		if err := verify(c); err != nil {
			answer = err.Error()
		}
		line, _ := json.Marshal(answer)
		fmt.Fprintln(out, string(line))
	}
}
