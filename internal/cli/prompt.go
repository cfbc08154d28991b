package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/peterh/liner"

	"github.com/inroad-security/inroad/internal/shell"
)

// prompter reads lines from a terminal, with a history and completion.
type prompter struct {
	state   *liner.State
	history string // its file; none is kept where it is empty
}

// historyFile gives the file of the shell's history in the user's state folder, as the XDG Base Directory Specification has it.
func historyFile() string {
	folder := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(folder) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		folder = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(folder, "inroad", "history")
}

func newPrompter(history string) (*prompter, error) {
	state := liner.NewLiner()
	state.SetCtrlCAborts(true)
	state.SetTabCompletionStyle(liner.TabPrints)
	state.SetWordCompleter(func(line string, cursor int) (string, []string, string) {
		// the cursor counts letters
		return shell.Complete(line, len(string([]rune(line)[:cursor])))
	})
	prompter := &prompter{state: state, history: history}
	if err := prompter.recall(); err != nil {
		return nil, errors.Join(err, state.Close())
	}
	return prompter, nil
}

func (prompter *prompter) recall() error {
	if prompter.history == "" {
		return nil
	}
	file, err := os.Open(prompter.history)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err = prompter.state.ReadHistory(file); err != nil {
		err = fmt.Errorf("the shell's history %s: %w: remove it", prompter.history, err)
	}
	return errors.Join(err, file.Close())
}

// Line implements shell.Lines. Where ctx ends first the reader is left behind; the program ends with it.
func (prompter *prompter) Line(ctx context.Context, prompt string) (string, error) {
	type read struct {
		line string
		err  error
	}
	done := make(chan read, 1)
	go func() {
		line, err := prompter.state.Prompt(prompt)
		done <- read{line, err}
	}()
	select {
	case read := <-done:
		if errors.Is(read.err, liner.ErrPromptAborted) {
			return "", shell.ErrAborted
		}
		if read.err == nil {
			prompter.state.AppendHistory(read.line)
		}
		return read.line, read.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Close keeps the history, for its owner only, and gives the terminal back.
func (prompter *prompter) Close() error {
	err := prompter.keep()
	return errors.Join(err, prompter.state.Close())
}

func (prompter *prompter) keep() error {
	if prompter.history == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(prompter.history), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(prompter.history, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = prompter.state.WriteHistory(file)
	return errors.Join(err, file.Chmod(0o600), file.Close())
}
