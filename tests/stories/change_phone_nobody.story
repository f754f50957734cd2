# Whether there is anybody to send a code to is not told.
phone 081290000096
dial *119#
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
type 4
| Data siapa yang diubah? Ketik 16 angka NIK:
| 0 Kembali
type 3276010402790009
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 04021979
| Tidak cocok, atau terdaftar di nomor HP lain.
| 1 Ketik ulang
| 2 Ganti nomor HP
| 3 Selesai
| 0 Kembali 00 Menu
type 2
| Ketik nomor HP yang BARU. Contoh: 081234567890
| 0 Kembali
type 081290000096
| Nomor baru: 081290000096. Nomor lama masih bisa menerima SMS?
| 1 Ya, kirim kode
| 2 Tidak, hilang
| 3 Ketik ulang nomor
| 0 Kembali 00 Menu
type 1
| Bila datanya cocok, kode 6 angka dikirim lewat SMS ke nomor LAMA. Ketik kodenya:
| 0 Kembali
type 000000
| Kode salah atau sudah tidak berlaku.
| 1 Ketik lagi
| 2 Kirim kode baru
| 3 Nomor lama hilang
| 4 Selesai
| 0 Kembali 00 Menu
type 3
| Petugas memeriksa dengan KTP, paling lama 3x24 jam. Nomor lama dikabari lewat SMS. Lanjut?
| 1 Ya, lanjut
| 2 Tidak
| 0 Kembali 00 Menu
type 2
| Terima kasih. Jaga kesehatan. Butuh bantuan? Telepon 119 ext 9.
closes
