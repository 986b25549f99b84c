;; Emacs for the recording of bench/debug-gifs.ts: dap-mode with the configuration of docs/debug.md. dap-mode
;; has no commands to step back, so two are defined here.
(package-initialize)
(setq inhibit-startup-screen t make-backup-files nil create-lockfiles nil ring-bell-function #'ignore
      lsp-log-io nil dap-auto-show-output nil dap-auto-configure-features nil
      lsp-session-file (expand-file-name "lsp-session" (getenv "EMU_GIF_FOLDER"))
      dap-breakpoints-file (expand-file-name "breakpoints" (getenv "EMU_GIF_FOLDER"))
      user-emacs-directory (file-name-as-directory (getenv "EMU_GIF_FOLDER")))
(menu-bar-mode -1)
(load-theme 'wombat t)
(require 'dap-mode)
(require 'dap-ui)
(dap-mode 1)
(dap-ui-mode 1)
(dap-register-debug-provider "emu"
  (lambda (conf) (plist-put conf :dap-server-path (list (getenv "EMU_GIF_EMU") "debug" "--dap"))))
(defun emu-debug ()
  (interactive)
  (dap-debug (list :type "emu" :request "launch" :name "NES game" :stopOnEntry t
                   :program (getenv "EMU_GIF_ROM") :cwd (getenv "EMU_GIF_FOLDER"))))
(defun emu-step-back () (interactive) (dap--step "stepBack" (dap--cur-session-or-die)))
(defun emu-run-back () (interactive) (dap--step "reverseContinue" (dap--cur-session-or-die)))
(dolist (key '(("<f5>" . dap-continue) ("<f6>" . emu-debug) ("<f8>" . emu-run-back)
               ("<f9>" . dap-breakpoint-toggle) ("<f10>" . dap-next) ("<f11>" . dap-step-in)
               ("<f12>" . emu-step-back)))
  (global-set-key (kbd (car key)) (cdr key)))
(global-display-line-numbers-mode 1)
