# Domain 8: only look-ups that fail are counted. One phone looks up eight people, with a slip for each of
# them, and nobody is refused.
phone 081290000010
dial *119*1*1#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Siti Aminah
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900002
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3173014502900002
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Dewi Lestari
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 05021990
| Anda tinggal di Jakarta Barat?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578011203800001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 12031980
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578011203800001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Agus Setiawan
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 12031980
| Anda tinggal di Kota Surabaya?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578015006820001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 10061982
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578015006820001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Sri Wahyuni
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 10061982
| Anda tinggal di Kota Surabaya?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578016505080001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 25052008
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578016505080001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Putri Setiawan
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 25052008
| Anda tinggal di Kota Surabaya?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578010911120001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 09112012
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3578010911120001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Bayu Setiawan
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 09112012
| Anda tinggal di Kota Surabaya?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3374012304750001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 23041975
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3374012304750001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Bambang Sutrisno
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 23041975
| Anda tinggal di Kota Semarang?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
type 00
| PeduliLindungi
| 1 Daftar vaksin
| 2 Status vaksinasi
| 3 Sertifikat
| 4 Ubah info diri
| 5 Pengaduan
| 6 Info vaksin
| 7 Orang di nomor ini
| 8 Bahasa/Language
| 9 Jadwal vaksin
type 1
| NIK, nama & data kesehatan Anda dipakai Kemenkes untuk vaksinasi dan dijaga rahasia. Setuju?
| 1 Setuju
| 2 Tidak
| 3 Baca lengkap
| 0 Kembali
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3471015809880001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Joko Widodo
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 18091988
| Data belum cocok dengan data nasional. Periksa lagi NIK, nama, tanggal lahir.
| 1 Ketik ulang
| 2 Kirim untuk diperiksa
| 0 Kembali 00 Menu
type 1
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3471015809880001
| Ketik nama lengkap seperti di KTP:
| 0 Kembali
type Rina Kusuma
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 18091988
| Anda tinggal di Kota Yogyakarta?
| 1 Ya
| 2 Tidak, di tempat lain
| 0 Kembali 00 Menu
