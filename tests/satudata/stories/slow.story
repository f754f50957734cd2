# The record takes seconds for an answer: nobody is kept waiting, and the result follows by SMS.
# record: slow
phone 081290000023
dial *119*2#
| Ketik 16 angka NIK (lihat KTP atau KK):
| 0 Kembali
type 3204012002650001
| Tanggal lahir? Tulis tanggal, bulan, tahun. Contoh: 17081990
| 0 Kembali
type 20021965
| Data nasional sedang lambat. Anda tidak perlu menunggu: hasilnya kami kirim lewat SMS atau chat ini.
closes
# reads: PeduliLindungi: status A*** H****: sudah 3 dosis, terakhir
