package neo4jstore_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"testing"
	"time"
)

// The tags of Bolt's messages that matter here (https://neo4j.com/docs/bolt/current/bolt/message/).
const (
	tagRun     = 0x10
	tagCommit  = 0x12
	tagReset   = 0x0F
	tagFailure = 0x7F
	tagIgnored = 0x7E
)

// proxy stands between a store and its server, reads the client's messages, and does to them what a test wants.
type proxy struct {
	listener net.Listener
	server   string

	mu sync.Mutex
	// meddle is asked about each message of the client: what to do with it.
	meddle func(tag byte) meddling
	open   map[net.Conn]bool
	done   sync.WaitGroup
}

type meddling struct {
	delay    time.Duration
	cut      bool   // break the connection before the message reaches the server
	cutAfter bool   // break it once the server has it, and nothing of its answer is passed on
	fail     string // answer with this code in the server's place
}

// through starts a proxy before a server's address.
func through(t *testing.T, address string) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	proxy := &proxy{listener: listener, server: address, open: map[net.Conn]bool{}}
	proxy.done.Go(proxy.accept)
	t.Cleanup(func() {
		listener.Close()
		proxy.mu.Lock()
		for connection := range proxy.open {
			connection.Close()
		}
		proxy.mu.Unlock()
		proxy.done.Wait()
	})
	return proxy
}

func (proxy *proxy) url() string { return "bolt://" + proxy.listener.Addr().String() }

// does sets what is done to messages from now on.
func (proxy *proxy) does(meddle func(tag byte) meddling) {
	proxy.mu.Lock()
	defer proxy.mu.Unlock()
	proxy.meddle = meddle
}

// once does something to the first message with the tag.
func (proxy *proxy) once(tag byte, what meddling) (met func() bool) {
	var mu sync.Mutex
	done := false
	proxy.does(func(got byte) meddling {
		mu.Lock()
		defer mu.Unlock()
		if done || got != tag {
			return meddling{}
		}
		done = true
		return what
	})
	return func() bool {
		mu.Lock()
		defer mu.Unlock()
		return done
	}
}

func (proxy *proxy) accept() {
	for {
		client, err := proxy.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", proxy.server)
		if err != nil {
			client.Close()
			continue
		}
		proxy.mu.Lock()
		proxy.open[client], proxy.open[server] = true, true
		proxy.mu.Unlock()
		proxy.done.Go(func() {
			proxy.serve(client, server)
			client.Close()
			server.Close()
			proxy.mu.Lock()
			delete(proxy.open, client)
			delete(proxy.open, server)
			proxy.mu.Unlock()
		})
	}
}

// serve passes what one connection says.
func (proxy *proxy) serve(client, server net.Conn) {
	shake := make([]byte, 20) // the magic number and four versions, of which 5.6 is asked for: its failures have a code and a message
	if _, err := io.ReadFull(client, shake); err != nil {
		return
	}
	copy(shake[4:], []byte{0, 0, 6, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
	if _, err := server.Write(shake); err != nil {
		return
	}
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(client, server)
		client.Close()
	})
	defer back.Wait()
	defer server.Close()
	failed := false
	for {
		message, err := readMessage(client)
		if err != nil {
			return
		}
		tag := message[3] // after the chunk's length and the structure's marker
		proxy.mu.Lock()
		meddle := proxy.meddle
		proxy.mu.Unlock()
		what := meddling{}
		if meddle != nil {
			what = meddle(tag)
		}
		time.Sleep(what.delay)
		switch {
		case what.cut:
			return
		case what.fail != "":
			failed = true
			if _, err := client.Write(failure(what.fail)); err != nil {
				return
			}
		case failed && tag != tagReset:
			if _, err := client.Write([]byte{0, 2, 0xB0, tagIgnored, 0, 0}); err != nil {
				return
			}
		default:
			failed = false
			if what.cutAfter {
				client.Close()
			}
			if _, err := server.Write(message); err != nil {
				return
			}
		}
		if what.cutAfter {
			time.Sleep(300 * time.Millisecond) // for the server to do what it was told
			return
		}
	}
}

// readMessage reads one message with its chunks' headers.
func readMessage(from io.Reader) ([]byte, error) {
	var message []byte
	for {
		size := make([]byte, 2)
		if _, err := io.ReadFull(from, size); err != nil {
			return nil, err
		}
		message = append(message, size...)
		length := int(binary.BigEndian.Uint16(size))
		if length == 0 {
			if len(message) > 4 {
				return message, nil
			}
			message = nil // an empty chunk keeps the connection alive
			continue
		}
		chunk := make([]byte, length)
		if _, err := io.ReadFull(from, chunk); err != nil {
			return nil, err
		}
		message = append(message, chunk...)
	}
}

// failure is the server's message that a statement failed.
func failure(code string) []byte {
	var body bytes.Buffer
	body.Write([]byte{0xB1, tagFailure, 0xA2})
	for _, text := range []string{"code", code, "message", "as the test wants"} {
		body.Write([]byte{0xD0, byte(len(text))})
		body.WriteString(text)
	}
	message := binary.BigEndian.AppendUint16(nil, uint16(body.Len()))
	return append(append(message, body.Bytes()...), 0, 0)
}
