# Three wrong PINs lock, whatever lies between them; nobody else is asked for one at all.
phone 081290000201
dial *119*77#
| Ketik PIN petugas Anda (6 angka):
type 12
| PIN terdiri dari 6 angka.
| Ketik PIN petugas Anda (6 angka):
type 864290
| PIN belum cocok. Setelah tiga kali, PIN dikunci sementara.
| 1 Ketik lagi
| 2 Lupa PIN
| 0 Kembali
type 1
| Ketik PIN petugas Anda (6 angka):
| 0 Kembali
type 864291
| PIN belum cocok. Setelah tiga kali, PIN dikunci sementara.
| 1 Ketik lagi
| 2 Lupa PIN
| 0 Kembali 00 Menu
hang up
dial *119*77#
| Tadi Anda belum selesai. Lanjutkan?
| 1 Lanjutkan
| 2 Mulai lagi dari awal
type 2
| Ketik PIN petugas Anda (6 angka):
type 864292
| Terlalu sering salah. Coba lagi 15 menit lagi. Lupa PIN? Minta kode baru ke koordinator Anda.
closes
dial *119*77#
| Terlalu sering salah. Coba lagi 15 menit lagi. Lupa PIN? Minta kode baru ke koordinator Anda.
closes
phone 081290000203
dial *119*77#
| Nomor ini sedang tidak aktif sebagai petugas. Hubungi koordinator Anda atau telepon 119 ext 9.
closes
phone 081290000001
dial *119*77#
| Layanan ini untuk petugas pendaftaran. Nomor ini belum terdaftar sebagai petugas. Ingin mendaftar vaksin? Dial *119#
closes
