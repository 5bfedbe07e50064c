#!/usr/bin/env bash
# Fetches Stanford Dogs, 20,580 photographs of 120 breeds, and their authors' split into train and test.
#
#   submit/fetch-stanford-dogs.sh DIR            puts images.tar (794 MB), train.txt and test.txt into DIR
#   submit/fetch-stanford-dogs.sh --unpack DIR   then unpacks to DIR/Images, a folder a breed (as much again)
#
#   --unpack        unpacks images.tar; it can be removed afterwards
#   --from URL      a mirror: the address under which images.tar and lists.tar lie
#                   (default http://vision.stanford.edu/aditya86/ImageNetDogs)
#   --expect FILE   what a mirror has whose archives are others, in lines like those that --facts prints
#   --facts         prints what is expected: bytes and SHA-256 of the archives, and numbers of images
#
# A download that was cut goes on where it ended when this is run again. Sizes, checksums and numbers are checked;
# what is there already is not fetched again. Needs curl or wget, tar, and Java 17 to read the lists.
#
# For research only: the photographs are ImageNet's, whose terms allow non-commercial research and education.
# Whoever publishes results cites: A. Khosla, N. Jayadevaprakash, B. Yao, L. Fei-Fei. Novel dataset for fine-grained
# image categorization. First Workshop on Fine-Grained Visual Categorization, CVPR 2011.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

from=http://vision.stanford.edu/aditya86/ImageNetDogs

# Bytes and SHA-256 are those with which TensorFlow Datasets checks the same files (url_checksums/stanford_dogs.txt);
# the numbers of images are those of the home page.
facts='images.tar 793579520 a443fc2f9a851aa1a7b8e4fa4af94b8459fce2c9f5a2f4dd4669cf9673a4ec58
lists.tar 481280 34b47cacd9a98b5d150e084f24d29391c084c55272295ec65c85651bc35f4d6c
images 20580
breeds 120
train 12000
test 8580'

main() {
  read_options "$@"
  mkdir -p "$dir" || fail "Cannot fetch to $dir: the folder cannot be made"
  dir=$(cd "$dir" && pwd)
  changed=''
  say_plan
  fetch_images
  fetch_lists
  [ -n "$changed" ] || echo "Nothing to do: $dir holds all of it"
  say_next
}

read_options() {
  dir='' unpack=''
  while [ $# -gt 0 ]; do
    case $1 in
      --help | -h) show_usage "$0" && exit ;;
      --facts) echo "$facts" && exit ;;
      --unpack) unpack=yes && shift ;;
      --from | --expect)
        [ $# -gt 1 ] || fail "Cannot use $1: it needs a value"
        case $1 in
          --from) from=${2%/} ;;
          --expect) facts=$(cat "$2" 2>/dev/null) || fail "Cannot read $2: there is no such file" ;;
        esac
        shift 2
        ;;
      -*) fail "Cannot use $1: there is --unpack, --from, --expect and --facts" ;;
      *)
        [ -z "$dir" ] || fail "Cannot fetch to $dir and $1: name one folder"
        dir=$1 && shift
        ;;
    esac
  done
  [ -n "$dir" ] || fail "Cannot fetch Stanford Dogs: no folder is named; say submit/fetch-stanford-dogs.sh DIR"
}

say_plan() {
  echo "Stanford Dogs: $(fact images) photographs of $(fact breeds) breeds, for research only (see --help)"
  echo "  from $from"
  echo "  to   $dir"
  has_images || say_download images.tar
  [ -z "$unpack" ] || [ -d "$dir/Images" ] || echo "  then unpacks images.tar to $dir/Images, about as much again"
  has_lists || say_download lists.tar
}

say_download() { # archive
  [ -f "$dir/$1" ] || awk -v name="$1" -v bytes="$(fact "$1")" -v there="$(bytes_of "$dir/$1.part")" 'BEGIN {
    printf "  downloads %s, %.1f MB", name, bytes / 1e6
    if (there > 0) printf ", of which %.1f MB are there", there / 1e6
    print "" }'
}

has_images() {
  [ -d "$dir/Images" ] || [ -f "$dir/images.tar" ]
}

has_lists() {
  [ "$(lines_of "$dir/train.txt") $(lines_of "$dir/test.txt")" = "$(fact train) $(fact test)" ]
}

fetch_images() {
  if [ ! -d "$dir/Images" ]; then
    fetch images.tar
    [ -z "$unpack" ] || unpack_images
  fi
  if [ -d "$dir/Images" ]; then
    check_images "$dir/Images" "$(find "$dir/Images" -type f | count_images)" "remove that folder and run this again"
  fi
}

unpack_images() {
  echo "Unpacking images.tar …"
  check_images "$dir/images.tar" "$(tar -tf "$dir/images.tar" | count_images)" "name another mirror"
  rm -rf "$dir/Images.part"
  mkdir "$dir/Images.part"
  tar -xf "$dir/images.tar" -C "$dir/Images.part" || fail "Cannot unpack $dir/images.tar: see tar's message above"
  [ -d "$dir/Images.part/Images" ] || fail "Cannot unpack $dir/images.tar: it holds no folder Images"
  mv "$dir/Images.part/Images" "$dir/Images"
  rm -rf "$dir/Images.part"
  changed=yes
}

check_images() { # archive or folder, its images and breeds, the way out
  [ "$2" = "$(fact images) $(fact breeds)" ] ||
    fail "Cannot use $1: it holds ${2% *} images of ${2#* } breeds, not $(fact images) of $(fact breeds); $3"
}

# Counts images and their folders in a list of paths.
count_images() {
  awk -F/ '$NF ~ /^[^.].*\.(jpg|JPG|jpeg|JPEG)$/ { images++; if (!seen[$(NF - 1)]++) breeds++ }
    END { print images + 0, breeds + 0 }'
}

# The authors publish the split as MATLAB's files; Kennel's own reader of these runs without being built.
fetch_lists() {
  ! has_lists || return 0
  "$(java_command)" -version >/dev/null 2>&1 || fail "Cannot read the lists: there is no java; install Java 17"
  fetch lists.tar
  rm -rf "$dir/lists.part"
  mkdir "$dir/lists.part"
  tar -xf "$dir/lists.tar" -C "$dir/lists.part" || fail "Cannot unpack $dir/lists.tar: see tar's message above"
  local side list=$dir/lists.part/list.txt
  for side in train test; do
    "$(java_command)" "$project/src/main/java/dev/kennel/dataset/MatlabStrings.java" \
      "$dir/lists.part/${side}_list.mat" file_list >"$list" || fail "Cannot read the lists in $dir/lists.tar: see above"
    [ "$(lines_of "$list")" = "$(fact $side)" ] ||
      fail "Cannot use $dir/lists.tar: its list to $side on names $(lines_of "$list") images, not $(fact $side)"
    mv "$list" "$dir/$side.txt"
  done
  rm -rf "$dir/lists.part"
  changed=yes
}

# Puts an archive into the folder; it gets its name when it is whole and checked.
fetch() { # archive
  local url=$from/$1 file=$dir/$1 part=$dir/$1.part bytes sum
  bytes=$(fact "$1")
  if [ -f "$file" ]; then
    [ "$(bytes_of "$file")" = "$bytes" ] ||
      fail "Cannot use $file: it has $(bytes_of "$file") bytes, not $bytes; remove it and run this again"
    return
  fi
  download
  if [ "$(bytes_of "$part")" != "$bytes" ]; then
    fail_without_part "Cannot use $url: it has $(bytes_of "$part") bytes, not $bytes; name another mirror with --from"
  fi
  sum=$(sha256_of "$part")
  case $sum in
    "$(fact "$1" 3)") ;;
    '') echo "The checksum of $1 is not checked: there is neither sha256sum nor shasum" ;;
    *) fail_without_part "Cannot use $url: its SHA-256 is $sum, not $(fact "$1" 3); run this again or name another mirror with --from" ;;
  esac
  mv "$part" "$file"
  echo "Fetched $1"
  changed=yes
}

# Goes on until the file is whole, as long as something comes.
download() { # uses fetch's names
  local before now code anew=''
  now=$(bytes_of "$part")
  while [ "$now" -lt "$bytes" ]; do
    before=$now code=0
    [ "$now" -eq 0 ] || echo "Going on from byte $now of $bytes"
    get "$url" "$part" || code=$?
    now=$(bytes_of "$part")
    [ $code -ne 0 ] || break
    if [ $code -eq 33 ] && [ -z "$anew" ]; then # curl: the server sends whole files only
      rm -f "$part"
      now=0 anew=yes
    elif [ "$now" -le "$before" ]; then
      fail "Cannot fetch $url: $getter ended with $code after $now of $bytes bytes; run this again to go on from there, or name a mirror with --from"
    fi
  done
}

# Gets the rest of a file, with what there is for it.
get() { # address, file
  local progress=() terminal=''
  [ ! -t 2 ] || terminal=yes
  if command -v curl >/dev/null; then
    getter=curl
    [ -n "$terminal" ] && progress=(--progress-bar) || progress=(--silent --show-error)
    # Ends where nothing comes for a minute.
    curl "${progress[@]}" --fail --location --connect-timeout 30 --speed-limit 1 --speed-time 60 \
      --continue-at - --output "$2" "$1"
  elif command -v wget >/dev/null; then
    getter=wget
    [ -n "$terminal" ] || progress=(-nv)
    wget ${progress[@]+"${progress[@]}"} -c -t 1 -T 60 -O "$2" "$1"
  else
    fail "Cannot fetch $1: there is neither curl nor wget; install one of them"
  fi
}

fail_without_part() { # message; uses fetch's names
  rm -f "$part"
  fail "$1"
}

fact() { # name, column
  awk -v name="$1" -v column="${2:-2}" '$1 == name { print $column }' <<<"$facts"
}

bytes_of() {
  if [ -f "$1" ]; then wc -c <"$1" | tr -d ' '; else echo 0; fi
}

lines_of() {
  if [ -f "$1" ]; then wc -l <"$1" | tr -d ' '; else echo 0; fi
}

sha256_of() {
  if command -v sha256sum >/dev/null; then
    sha256sum "$1" | cut -d ' ' -f 1
  elif command -v shasum >/dev/null; then
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

say_next() {
  local images=$dir/images.tar
  [ ! -d "$dir/Images" ] || images=$dir/Images
  echo
  echo "The authors' split, one path a line: $dir/train.txt, $dir/test.txt"
  echo "Next, on this machine, small, or on a cluster:"
  printf '  submit/local.sh train --images %q --config laptop --output dogs-run\n' "$images"
  printf '  submit/standalone.sh train --images %q --config stanford-dogs --output dogs-run\n' "$images"
}

main "$@"
