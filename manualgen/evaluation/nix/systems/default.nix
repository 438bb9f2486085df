# What the flake input `systems` holds, for flakes to which it is not given.
[
  "aarch64-darwin"
  "aarch64-linux"
  "x86_64-darwin"
  "x86_64-linux"
]
