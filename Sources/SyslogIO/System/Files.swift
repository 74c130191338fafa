internal import Bytes
internal import CPosix

/// Removes a file, if there is one. The corresponding C function is `unlink`.
@inline(never)
func removeFile(_ path: Text) -> Bool {
  unsafe path.withCString { unsafe unlink($0) } == 0
}

/// Gives a file another name. The corresponding C function is `rename`.
@inline(never)
func renameFile(_ old: Text, to new: Text) -> Bool {
  unsafe old.withCString { old in
    unsafe new.withCString { unsafe rename(old, $0) } == 0
  }
}
