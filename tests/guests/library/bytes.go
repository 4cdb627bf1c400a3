package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/flate"
	"compress/gzip"
	"compress/lzw"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/ascii85"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"encoding/csv"
	"encoding/gob"
	"encoding/hex"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/adler32"
	"hash/crc32"
	"hash/crc64"
	"hash/fnv"
	"hash/maphash"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"
)

func sum(data []byte) string { return fmt.Sprintf("%d %x", len(data), sha256.Sum256(data)) }

func gzips() {
	text := []byte(strings.Join(words(60000), " "))
	for _, level := range []int{gzip.NoCompression, gzip.BestSpeed, gzip.DefaultCompression, gzip.BestCompression, gzip.HuffmanOnly} {
		var packed bytes.Buffer
		w, _ := gzip.NewWriterLevel(&packed, level)
		w.Name = "text"
		w.Write(text)
		w.Close()
		fmt.Println(level, sum(packed.Bytes()))
		r, err := gzip.NewReader(&packed)
		back, readErr := io.ReadAll(r)
		fmt.Println(err, readErr, r.Name, bytes.Equal(back, text))
	}
	var z, f, l bytes.Buffer
	zw := zlib.NewWriter(&z)
	zw.Write(text)
	zw.Close()
	fw, _ := flate.NewWriterDict(&f, 6, text[:1000])
	fw.Write(text)
	fw.Close()
	lw := lzw.NewWriter(&l, lzw.LSB, 8)
	lw.Write(text)
	lw.Close()
	fmt.Println(sum(z.Bytes()), sum(f.Bytes()), sum(l.Bytes()))
	_, err := gzip.NewReader(strings.NewReader("not gzip at all"))
	fmt.Println(err)
	broken := z.Bytes()
	broken[len(broken)/2] ^= 0xff
	zr, _ := zlib.NewReader(bytes.NewReader(broken))
	_, err = io.ReadAll(zr)
	fmt.Println(err != nil)
	_, err = io.ReadAll(bzip2.NewReader(strings.NewReader("BZh9garbage")))
	fmt.Println(err)
}

func picture() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for y := 0; y < 120; y++ {
		for x := 0; x < 160; x++ {
			img.Set(x, y, color.RGBA{uint8(x * y), uint8(x ^ y), uint8(x + 2*y), 255})
		}
	}
	draw.Draw(img, image.Rect(20, 20, 60, 60), image.NewUniform(color.NRGBA{200, 30, 30, 128}), image.Point{}, draw.Over)
	return img
}

func pngs() {
	img := picture()
	for _, level := range []png.CompressionLevel{png.DefaultCompression, png.BestSpeed, png.BestCompression} {
		var out bytes.Buffer
		encoder := png.Encoder{CompressionLevel: level}
		fmt.Println(encoder.Encode(&out, img), sum(out.Bytes()))
		back, format, err := image.Decode(&out)
		fmt.Println(format, err, back.Bounds(), back.At(30, 30), back.At(100, 100))
	}
	var j, g bytes.Buffer
	fmt.Println(jpeg.Encode(&j, img, &jpeg.Options{Quality: 80}), sum(j.Bytes()))
	back, err := jpeg.Decode(&j)
	fmt.Println(err, back.At(50, 50))
	fmt.Println(gif.Encode(&g, img, nil), sum(g.Bytes()))
}

func hashes() {
	data := []byte(strings.Join(words(20000), ""))
	fmt.Printf("%x\n%x\n%x\n%x\n", md5.Sum(data), sha1.Sum(data), sha256.Sum256(data), sha512.Sum512(data))
	fmt.Println(crc32.ChecksumIEEE(data), crc32.Checksum(data, crc32.MakeTable(crc32.Castagnoli)), adler32.Checksum(data),
		crc64.Checksum(data, crc64.MakeTable(crc64.ECMA)))
	h := fnv.New64a()
	h.Write(data)
	mac := hmac.New(sha256.New, []byte("key"))
	mac.Write(data)
	fmt.Printf("%x %x\n", h.Sum64(), mac.Sum(nil))
	seed := maphash.MakeSeed()
	fmt.Println(maphash.Bytes(seed, data) == maphash.Bytes(seed, data))
}

func cryptos() {
	key := sha256.Sum256([]byte("key"))
	block, _ := aes.NewCipher(key[:])
	gcm, _ := cipher.NewGCM(block)
	sealed := gcm.Seal(nil, make([]byte, gcm.NonceSize()), []byte("message"), []byte("data"))
	opened, err := gcm.Open(nil, make([]byte, gcm.NonceSize()), sealed, []byte("data"))
	fmt.Printf("%x %s %v\n", sealed, opened, err)
	sealed[0] ^= 1
	_, err = gcm.Open(nil, make([]byte, gcm.NonceSize()), sealed, []byte("data"))
	fmt.Println(err)
	private := ed25519.NewKeyFromSeed(key[:])
	signature := ed25519.Sign(private, []byte("message"))
	fmt.Printf("%x %v\n", signature, ed25519.Verify(private.Public().(ed25519.PublicKey), []byte("message"), signature))
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	fmt.Println(err)
	asn, err := ecdsa.SignASN1(rand.Reader, curve, key[:])
	fmt.Println(err, ecdsa.VerifyASN1(&curve.PublicKey, key[:], asn), ecdsa.VerifyASN1(&curve.PublicKey, key[1:], asn))
}

type person struct {
	XMLName xml.Name `xml:"person"`
	ID      int      `xml:"id,attr"`
	Name    string   `xml:"name"`
	Mail    []string `xml:"contact>mail"`
}

func encodings() {
	data := []byte("any carnal pleas\x00\xff")
	ascii := make([]byte, ascii85.MaxEncodedLen(len(data)))
	ascii = ascii[:ascii85.Encode(ascii, data)]
	fmt.Println(base64.StdEncoding.EncodeToString(data), base64.RawURLEncoding.EncodeToString(data), base32.HexEncoding.EncodeToString(data), hex.Dump(data), string(ascii))
	_, err := base64.StdEncoding.DecodeString("a*b=")
	fmt.Println(err)
	var b bytes.Buffer
	binary.Write(&b, binary.BigEndian, struct {
		A uint16
		B int64
		C [3]float32
	}{1, -2, [3]float32{0.5, 1, 2}})
	fmt.Println(b.Bytes(), binary.AppendUvarint(nil, 1<<40))
	w := csv.NewWriter(&b)
	b.Reset()
	w.WriteAll([][]string{{"a", `b "q"`, "c,d"}, {"", "line\nbreak", " x"}})
	rows, err := csv.NewReader(&b).ReadAll()
	fmt.Printf("%q %v\n", rows, err)
	text, err := xml.MarshalIndent(person{ID: 7, Name: "A & B <c>", Mail: []string{"x@y", "z@w"}}, "", " ")
	fmt.Println(string(text), err)
	var back person
	fmt.Println(xml.Unmarshal(text, &back), back.ID, back.Name, back.Mail)
	fmt.Println(xml.Unmarshal([]byte("<person><name></person>"), &back))
	var stream bytes.Buffer
	fmt.Println(gob.NewEncoder(&stream).Encode(map[string][]record{"k": {{ID: 3, Name: "n", Tags: []string{"t"}}}}))
	var decoded map[string][]record
	fmt.Println(gob.NewDecoder(&stream).Decode(&decoded), decoded["k"][0].Name, decoded["k"][0].Tags)
	block := pem.EncodeToMemory(&pem.Block{Type: "TEST", Headers: map[string]string{"H": "v"}, Bytes: data})
	parsed, rest := pem.Decode(block)
	fmt.Println(string(block), parsed.Type, parsed.Headers, len(rest))
}

func archives() {
	var t, z bytes.Buffer
	tw, zw := tar.NewWriter(&t), zip.NewWriter(&z)
	for i, word := range words(20) {
		body := strings.Repeat(word, i*10)
		tw.WriteHeader(&tar.Header{Name: fmt.Sprintf("%02d/%s", i, word), Mode: 0o644, Size: int64(len(body))})
		io.WriteString(tw, body)
		f, _ := zw.Create(fmt.Sprintf("%02d/%s", i, word))
		io.WriteString(f, body)
	}
	fmt.Println(tw.Close(), zw.Close(), sum(t.Bytes()), sum(z.Bytes()))
	tr := tar.NewReader(&t)
	for {
		header, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		body, _ := io.ReadAll(tr)
		fmt.Println(header.Name, header.Size, len(body))
	}
	zr, err := zip.NewReader(bytes.NewReader(z.Bytes()), int64(z.Len()))
	fmt.Println(err, len(zr.File))
	f, _ := zr.Open(zr.File[19].Name)
	body, err := io.ReadAll(f)
	fmt.Println(len(body), err)
}
